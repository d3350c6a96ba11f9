# SPDX-License-Identifier: MIT
"""The synthetic corpus: templates and tables in, chats, stories and plain text out."""

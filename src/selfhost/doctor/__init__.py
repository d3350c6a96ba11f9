"""Is this computer ready for the course? One line per check, each with its mend.

>>> from selfhost import doctor
>>> doctor.table()                 # in a notebook: a table
>>> doctor.examine(network=True)   # list of Check

A check is `ok`, `warn` (something in the course will be read instead of run) or `fail` (the
course does not run). All checks run at once and take under two seconds; what does not answer in
that time is reported as such.
"""

from selfhost.doctor.checkup import examine, summary
from selfhost.doctor.machine import Check, Machine
from selfhost.doctor.render import Table, as_text, table

__all__ = ["Check", "Machine", "Table", "as_text", "examine", "summary", "table"]

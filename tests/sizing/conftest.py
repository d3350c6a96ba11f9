"""The loopback hub of tests/unit, for the same lessons with a model that is fetched."""

from tests.unit.conftest import hub, know_small  # noqa: F401 - fixtures

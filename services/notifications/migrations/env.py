"""Run by shared.migrate, which brings the connection."""

from alembic import context

from shared.migrate import run

run(context.config.attributes["connection"])

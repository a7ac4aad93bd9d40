TEST_COMPOSE += --file compose.test.rabbitmq.yaml
TEST_SERVERS += TEST_RABBITMQ_URL=amqp://guest:guest@127.0.0.1:56729/

import { logLevel } from 'kafkajs';
import { Kafka } from '../../../../schemas/kafka-client.ts';
import { type KafkaSettings, kafkaConnection } from '../../../../schemas/kafka-settings.ts';

/** What people do who have no outbox: connect, produce with all acknowledgements, say goodbye, within the request. */
export async function produce(body: string, settings: KafkaSettings): Promise<void> {
  const { payload }: { payload: { room: { id: string } } } = JSON.parse(body);
  const kafka = new Kafka({ ...kafkaConnection(settings), clientId: 'bench', logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    const messages = [{ key: payload.room.id, value: body }];
    await producer.send({ topic: `${settings.TOPIC_PREFIX}session`, messages, acks: -1 });
  } finally {
    await producer.disconnect();
  }
}

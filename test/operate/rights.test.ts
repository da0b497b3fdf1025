import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { expect, test } from 'vitest';
import { lookAtKafka } from '../../operate/doctor/kafka.ts';
import { readPlaces } from '../../operate/doctor/settings.ts';
import { createTopics, quietKafka, uniquePrefix } from '../support/kafka.ts';
import { PASSWORD, startSecureKafka, USERNAME } from '../support/secure-kafka.ts';
import { ADMIN_TOKEN } from '../support/worker.ts';

const TIMEOUT_MS = 120_000;

test('the doctor finds a user that sees no topics, one that may only look, and one that may write', {
  tags: 'long',
  timeout: TIMEOUT_MS,
}, async () => {
  const kafka = await startSecureKafka({
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // Who makes topics and rules here comes without login.
    'super.users': 'User:ANONYMOUS',
  });
  const prefix = uniquePrefix();
  await createTopics(prefix, kafka.brokers);
  const places = readPlaces({
    KAFKA_BROKERS: kafka.plainBrokers,
    KAFKA_SASL_MECHANISM: 'scram-sha-256',
    KAFKA_SASL_USERNAME: USERNAME,
    KAFKA_SASL_PASSWORD: PASSWORD,
    TOPIC_PREFIX: prefix,
    ADMIN_TOKEN,
    // Not asked here.
    CLICKHOUSE_URL: 'http://127.0.0.1:9/qiscus',
    WORKER_URL: 'http://127.0.0.1:9',
  });
  const told = async () => {
    const findings = await lookAtKafka(places, true);
    expect(JSON.stringify(findings)).not.toContain(PASSWORD);
    return findings.map(({ state, what }) => `${state}: ${what}`);
  };
  const refused = 'failure: this user may not write to any topic';
  expect(await told()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^failure: not there, or not to be seen/), refused]),
  );

  const admin = quietKafka(kafka.brokers).admin();
  await admin.connect();
  const allow = (operation: AclOperationTypes) =>
    admin.createAcls({
      acl: [
        {
          resourceType: AclResourceTypes.TOPIC,
          resourceName: prefix,
          resourcePatternType: ResourcePatternTypes.PREFIXED,
          principal: `User:${USERNAME}`,
          host: '*',
          operation,
          permissionType: AclPermissionTypes.ALLOW,
        },
      ],
    });
  await allow(AclOperationTypes.DESCRIBE);
  await expect.poll(told, { timeout: 30_000 }).toContain(refused);
  expect((await told()).join()).not.toContain('not to be seen');
  await allow(AclOperationTypes.WRITE);
  await expect.poll(told, { timeout: 30_000 }).toContain('ok: this user may write');
  await admin.disconnect();
});

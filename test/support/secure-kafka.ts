import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../local/ports.ts';
import { type OwnKafka, startOwnKafka } from './kafka.ts';
import { testDir } from './shared.ts';

export const USERNAME = 'qiscus-stream';
export const PASSWORD = 'a-password-of-the-test';
const STORE_PASSWORD = 'changeit';
/** A login is good for so long: clients have to log in again, on the connections that they have. */
const SESSION_MS = 12_000;

/** A Kafka that wants a login, over TLS with a certificate that no authority of the world has signed, or without TLS. */
export type SecureKafka = OwnKafka & {
  /** Where TLS is wanted. */
  tlsBrokers: string;
  /** Where it is not. */
  plainBrokers: string;
  /** The certificate, a file in PEM. */
  certificate: string;
};

/**
 * Starts one for a test; `brokers` is for who makes topics and looks, without login.
 * @param more of the broker's properties
 */
export async function startSecureKafka(more: Readonly<Record<string, string>> = {}): Promise<SecureKafka> {
  const dir = await testDir('certificate');
  const [tls, plain] = [await freePort(), await freePort()];
  const { store, certificate } = await makeCertificate(dir);
  const listeners = `TLS://127.0.0.1:${tls},LOGIN://127.0.0.1:${plain}`;
  const module = 'org.apache.kafka.common.security';
  const kafka = await startOwnKafka({
    scramUsers: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
      (mechanism) => `${mechanism}=[name=${USERNAME},password=${PASSWORD}]`,
    ),
    properties: {
      ...more,
      listeners,
      'advertised.listeners': listeners,
      'listener.security.protocol.map': 'TLS:SASL_SSL,LOGIN:SASL_PLAINTEXT',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
      'connections.max.reauth.ms': String(SESSION_MS),
      'ssl.keystore.location': store,
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': STORE_PASSWORD,
      ...Object.fromEntries(
        ['tls', 'login'].flatMap((listener) => [
          ...['scram-sha-256', 'scram-sha-512'].map((mechanism) => [
            `listener.name.${listener}.${mechanism}.sasl.jaas.config`,
            `${module}.scram.ScramLoginModule required;`,
          ]),
          [
            `listener.name.${listener}.plain.sasl.jaas.config`,
            `${module}.plain.PlainLoginModule required user_${USERNAME}="${PASSWORD}";`,
          ],
        ]),
      ),
    },
  });
  return { ...kafka, certificate, tlsBrokers: `127.0.0.1:${tls}`, plainBrokers: `127.0.0.1:${plain}` };
}

/** A certificate that is its own authority, in a store for Java and as PEM. */
async function makeCertificate(dir: string): Promise<{ store: string; certificate: string }> {
  const [store, certificate] = [join(dir, 'kafka.p12'), join(dir, 'kafka.pem')];
  const keystore = ['-alias', 'kafka', '-keystore', store, '-storepass', STORE_PASSWORD];
  const subject = [
    '-dname',
    'CN=127.0.0.1',
    '-ext',
    'SAN=IP:127.0.0.1',
    '-ext',
    'bc=ca:true',
    '-validity',
    '2',
  ];
  const key = ['-keyalg', 'EC', '-groupname', 'secp256r1', '-storetype', 'PKCS12'];
  await promisify(execFile)('keytool', ['-genkeypair', ...key, ...subject, ...keystore]);
  await promisify(execFile)('keytool', ['-exportcert', '-rfc', '-file', certificate, ...keystore]);
  return { store, certificate };
}

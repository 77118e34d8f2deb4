import { ProblemError } from '@liandong/schema/kernel';
import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const NEEDED = {
  LIANDONG_TOPOLOGY_FILE: '/etc/liandong/topology.json',
  LIANDONG_DIVISIONS_FILE: '/etc/liandong/divisions.csv',
  LIANDONG_ISSUERS_FILE: '/etc/liandong/issuers.json',
  LIANDONG_NATS_URL: 'nats://10.0.0.1:4222',
};

/** Names of the settings in a refusal; a person finds the faulty ones only by these. */
const namedBy = (environment: Record<string, string | undefined>): string[] => {
  try {
    readConfig(environment);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    expect(error.code).toBe('BAD_CONFIG');
    return [...new Set(error.message.match(/LIANDONG_[A-Z_]+/g))].sort();
  }
  return [];
};

describe('the settings', () => {
  test('that are needed are enough, and the rest has defaults', () => {
    expect(readConfig(NEEDED)).toEqual({
      name: 'gateway',
      port: 4000,
      address: '127.0.0.1',
      topologyFile: NEEDED.LIANDONG_TOPOLOGY_FILE,
      divisionsFile: NEEDED.LIANDONG_DIVISIONS_FILE,
      issuersFile: NEEDED.LIANDONG_ISSUERS_FILE,
      natsUrls: [NEEDED.LIANDONG_NATS_URL],
      natsSeedFile: null,
      embeddedIssuer: null,
      requestTimeoutMs: 10_000,
      hostTimeoutMs: 2_500,
      edgeGuard: { rates: { perPerson: 1_200, perAddress: 12_000, perStranger: 600 }, trustedProxies: [], origins: [] },
      tls: null,
      metricsPort: 0,
      metricsAddress: '127.0.0.1',
      stopTimeoutMs: 30_000,
      otlpEndpoint: null,
      logLevel: 'info',
    });
  });

  test('that are given are taken', () => {
    expect(
      readConfig({
        ...NEEDED,
        LIANDONG_GATEWAY_PORT: '8080',
        LIANDONG_GATEWAY_ADDRESS: '0.0.0.0',
        LIANDONG_NATS_URL: 'nats://a:4222,nats://b:4222',
        LIANDONG_NATS_SEED_FILE: '/run/nats.seed',
        LIANDONG_PEOPLE_FILE: '/etc/people.json',
        LIANDONG_ISSUER_KEY_FILE: '/etc/issuer.jwk',
        LIANDONG_ISSUER: 'county-issuer',
        LIANDONG_REQUEST_TIMEOUT_MS: '5000',
        LIANDONG_HOST_TIMEOUT_MS: '1000',
        LIANDONG_LOG_LEVEL: 'warn',
        HOME: '/root',
      }),
    ).toMatchObject({
      port: 8080,
      address: '0.0.0.0',
      natsUrls: ['nats://a:4222', 'nats://b:4222'],
      natsSeedFile: '/run/nats.seed',
      embeddedIssuer: { name: 'county-issuer', peopleFile: '/etc/people.json', keyFile: '/etc/issuer.jwk' },
      requestTimeoutMs: 5000,
      hostTimeoutMs: 1000,
      logLevel: 'warn',
    });
  });

  test('that are missing are all named at once', () => {
    expect(namedBy({})).toEqual(Object.keys(NEEDED).sort());
  });

  test.each(Object.keys(NEEDED))('cannot do without %s, and an empty one is none', (name) => {
    expect(namedBy({ ...NEEDED, [name]: undefined })).toEqual([name]);
    expect(namedBy({ ...NEEDED, [name]: '' })).toEqual([name]);
  });

  test('that are wrong are named together with the missing ones', () => {
    const wrong = {
      LIANDONG_GATEWAY_PORT: '99999',
      LIANDONG_REQUEST_TIMEOUT_MS: 'soon',
      LIANDONG_HOST_TIMEOUT_MS: '1',
      LIANDONG_LOG_LEVEL: 'loud',
      LIANDONG_NATS_SEED_FILE: '',
    };
    expect(namedBy(wrong)).toEqual([...Object.keys(wrong), ...Object.keys(NEEDED)].sort());
  });

  test('of the broker’s addresses may have spaces and a comma too many', () => {
    expect(readConfig({ ...NEEDED, LIANDONG_NATS_URL: ' nats://a:4222 , nats://b:4222,' }).natsUrls).toEqual([
      'nats://a:4222',
      'nats://b:4222',
    ]);
    expect(namedBy({ ...NEEDED, LIANDONG_NATS_URL: ' , ' })).toEqual(['LIANDONG_NATS_URL']);
  });

  test('of the embedded issuer that are half given are named together with all other faults', () => {
    expect(namedBy({ ...NEEDED, LIANDONG_PEOPLE_FILE: '/p.json', LIANDONG_GATEWAY_PORT: 'x' })).toEqual([
      'LIANDONG_GATEWAY_PORT',
      'LIANDONG_ISSUER_KEY_FILE',
      'LIANDONG_PEOPLE_FILE',
    ]);
  });

  test.each(['0', '-1', '80.5', 'http', '', '65536'])('refuse the port %j', (port) => {
    expect(namedBy({ ...NEEDED, LIANDONG_GATEWAY_PORT: port })).toEqual(['LIANDONG_GATEWAY_PORT']);
  });

  test.each(['LIANDONG_PEOPLE_FILE', 'LIANDONG_ISSUER_KEY_FILE'])(
    'of the embedded issuer come together: %s alone is refused, and both are named',
    (name) => {
      expect(namedBy({ ...NEEDED, [name]: '/etc/file.json' })).toEqual([
        'LIANDONG_ISSUER_KEY_FILE',
        'LIANDONG_PEOPLE_FILE',
      ]);
    },
  );
});

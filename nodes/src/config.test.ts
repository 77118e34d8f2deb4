import { describe, expect, test } from 'vitest';
import { readConfig } from './config.ts';

const sound = {
  LIANDONG_HOST: 'county',
  LIANDONG_NODES: '331022, 331022103',
  LIANDONG_DATABASE_URL: 'postgresql://u:p@127.0.0.1:5432/d',
  LIANDONG_NATS_URL: 'nats://a:4222,nats://b:4222',
  LIANDONG_DIVISIONS_FILE: 'divisions.csv',
  LIANDONG_TRUST_FILE: 'trust.json',
  LIANDONG_KEYS_DIR: 'keys',
  LIANDONG_ISSUERS_FILE: 'issuers.json',
};

describe('a host’s settings', () => {
  test('are read once, with what is left out set to what the documentation says', () => {
    expect(readConfig(sound)).toMatchObject({
      nodes: ['331022', '331022103'],
      natsUrls: ['nats://a:4222', 'nats://b:4222'],
      natsSeedFile: null,
      httpPort: 0,
      feedHeartbeatMs: 30_000,
    });
  });

  test('that are missing or wrong are all named at once', () => {
    const { LIANDONG_HOST: _, ...rest } = sound;
    const read = () =>
      readConfig({
        ...rest,
        LIANDONG_NODES: 'x',
        LIANDONG_DATABASE_URL: 'mysql://u@h/d',
        LIANDONG_HTTP_PORT: '70000',
        LIANDONG_NATS_URL: 'tls://a:4222,nats://b:4222',
      });
    expect(read).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    for (const name of [
      'LIANDONG_HOST',
      'LIANDONG_NODES',
      'LIANDONG_DATABASE_URL',
      'LIANDONG_HTTP_PORT',
      'LIANDONG_NATS_URL',
    ])
      expect(read).toThrow(name);
  });
});

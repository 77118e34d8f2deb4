import { ISSUER_KEYS, parseIssuers, TokenVerifier } from '@liandong/schema/identity';
import { createRemoteJWKSet } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
import type { IssuerKey } from '../../schema/src/testing/remote-issuer.ts';
import { REMOTE_ISSUER, RemoteIssuer, issuerKey } from '../../schema/src/testing/remote-issuer.ts';
import { COUNTY } from './testing/memory-federation.ts';
import { personAt } from './testing/people.ts';
import { TestGateway, codesOf } from './testing/test-gateway.ts';

const clerk = personAt(COUNTY, 'CLERK');

afterEach(() => void vi.useRealTimers());

test('the keys of an issuer are fetched by the gateway: rotated, taken away, away', async () => {
  const [old, next] = await Promise.all([issuerKey('2026'), issuerKey('2027')]);
  const other = await issuerKey('other', 'ES384');
  const issuer = await RemoteIssuer.start(old);
  const issuers = parseIssuers([{ issuer: REMOTE_ISSUER, jwksUri: issuer.jwksUri }]);
  const tokens = new TokenVerifier(issuers, (uri) => createRemoteJWKSet(uri, ISSUER_KEYS));
  const gateway = await TestGateway.open({ tokens });
  const asked = async (key: IssuerKey, sub = 'wang') => {
    const authorization = `Bearer ${await key.token({ ...clerk, sub })}`;
    const answer = await gateway.ask(`{ division(code: "${COUNTY}") { name } }`, {}, { authorization });
    return [answer.status, ...codesOf(answer)];
  };
  vi.useFakeTimers({ toFake: ['Date'] });
  expect(await asked(old)).toEqual([200]);
  expect(await asked(next)).toEqual([401, 'UNAUTHENTICATED']);
  issuer.publish(old, next, other);
  vi.setSystemTime(Date.now() + ISSUER_KEYS.cooldownDuration);
  for (const key of [next, old]) expect(await asked(key)).toEqual([200]);
  expect(await asked(other)).toEqual([401, 'UNAUTHENTICATED']);
  issuer.publish(next);
  vi.setSystemTime(Date.now() + ISSUER_KEYS.cacheMaxAge);
  expect(await asked(old)).toEqual([401, 'UNAUTHENTICATED']);
  await issuer.goAway();
  vi.setSystemTime(Date.now() + ISSUER_KEYS.cacheMaxAge);
  expect(await asked(next, 'li')).toEqual([200]);
  expect(await asked(old)).toEqual([503, 'ISSUER_UNREACHABLE']);
  await gateway.close();
});

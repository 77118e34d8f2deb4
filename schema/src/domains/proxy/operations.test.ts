import { expect, test } from 'vitest';
import { logContact, revokeConsent } from './operations.ts';

const asked = { id: 'case', idempotencyKey: 'key-00000001' };

test('what is told of a case is keyed by the text that keys of earlier programs were hashed from', () => {
  const contact = logContact.input.parse({ ...asked, what: '送达', way: 'PHONE', with: 'APPLICANT' });
  expect(JSON.stringify(logContact.hashedAs?.(contact as never))).toBe(
    '{"input":{"id":"case","idempotencyKey":"key-00000001"},' +
      '"event":{"action":"CONTACTED","data":{"with":"APPLICANT","way":"PHONE","what":"送达"}}}',
  );
  const revocation = revokeConsent.input.parse({ ...asked, way: 'SIGNATURE' });
  expect(JSON.stringify(revokeConsent.hashedAs?.(revocation as never))).toBe(
    '{"input":{"id":"case","idempotencyKey":"key-00000001"},' +
      '"event":{"action":"CONSENT_REVOKED","data":{"way":"SIGNATURE","reason":null}}}',
  );
});

import { z } from 'zod';

/**
 * Addresses of the broker as a setting, separated by commas. With `tls://` a broker without TLS is refused, also an
 * impostor at its address. So all addresses must use it, or none.
 */
export const brokerUrlsSchema = z
  .string()
  .transform((v) => v.split(',').flatMap((url) => url.trim() || []))
  .pipe(
    z
      .array(z.string())
      .min(1, 'an address')
      .refine((urls) => urls.every(asksForTls) || !urls.some(asksForTls), 'tls:// for all addresses or for none'),
  );

type IdentityCheck<Certificate> = (host: string, certificate: Certificate) => Error | undefined;

interface TlsOption<Certificate> {
  tls?: { handshakeFirst: boolean; checkServerIdentity: IdentityCheck<Certificate> };
}

/** The server name Node.js uses for an IP address: it has no name to check. */
const NO_NAME = 'localhost';

/**
 * The part of a connection's options that refuses a broker without TLS, where the addresses ask for it. A broker that is
 * reached by a number is one of these addresses, by its certificate.
 * @param check `checkServerIdentity` of `node:tls`
 */
export function tlsOption<Certificate>(
  urls: readonly string[],
  check: IdentityCheck<Certificate>,
): TlsOption<Certificate> {
  if (!urls.every(asksForTls)) return {};
  const addresses = urls.map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
  const checkServerIdentity: IdentityCheck<Certificate> = (host, certificate) => {
    const faults = (host === NO_NAME ? addresses : [host]).map((name) => check(name, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
  return { tls: { handshakeFirst: false, checkServerIdentity } };
}

function asksForTls(url: string): boolean {
  return url.startsWith('tls://');
}

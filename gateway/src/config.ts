import { brokerUrlsSchema } from '@liandong/schema/wire';
import { problem } from '@liandong/schema/kernel';
import { z } from 'zod';
import type { EdgeGuardSettings } from './edge-guard.ts';

const path = z.string().min(1);

const rate = (most: number) => z.coerce.number().int().min(0).default(most);
const list = z
  .string()
  .default('')
  .transform((v) => v.split(',').flatMap((entry) => entry.trim() || []));

function isOrigin(url: string): boolean {
  return new URL(url).origin === url;
}

/** Settings that must be given together. */
const PAIRS = [
  ['the embedded issuer', 'LIANDONG_PEOPLE_FILE', 'LIANDONG_ISSUER_KEY_FILE'],
  ['TLS', 'LIANDONG_TLS_CERT_FILE', 'LIANDONG_TLS_KEY_FILE'],
] as const;

/** Every setting of the gateway and its meaning. The environment is read only here, once. */
const settings = z.object({
  /** Name of the gateway in the topology. */
  LIANDONG_GATEWAY: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .default('gateway'),
  LIANDONG_GATEWAY_PORT: z.coerce.number().int().min(1).max(65535).default(4000),
  LIANDONG_GATEWAY_ADDRESS: z.string().default('127.0.0.1'),
  /** JSON file with the host of each node. */
  LIANDONG_TOPOLOGY_FILE: path,
  LIANDONG_DIVISIONS_FILE: path,
  LIANDONG_ISSUERS_FILE: path,
  /** Addresses of the broker, separated by commas; with `tls://` a broker without TLS is refused. */
  LIANDONG_NATS_URL: brokerUrlsSchema,
  LIANDONG_NATS_SEED_FILE: path.optional(),
  /** JSON file with people, their posts and password hashes. Without it the gateway runs no embedded issuer. */
  LIANDONG_PEOPLE_FILE: path.optional(),
  /** JSON: the embedded issuer's private key. */
  LIANDONG_ISSUER_KEY_FILE: path.optional(),
  /** The embedded issuer's name in its tokens. */
  LIANDONG_ISSUER: z.string().default('liandong-embedded'),
  /** Longest time for a whole question, and for one host, ms. */
  LIANDONG_REQUEST_TIMEOUT_MS: z.coerce.number().int().min(100).default(10_000),
  LIANDONG_HOST_TIMEOUT_MS: z.coerce.number().int().min(50).default(2_500),
  /** Requests a minute of a person, of an address, and of an address without a login; 0 means no limit. */
  LIANDONG_RATE_PER_PERSON: rate(1_200),
  LIANDONG_RATE_PER_ADDRESS: rate(12_000),
  LIANDONG_RATE_PER_STRANGER: rate(600),
  /** Addresses of proxies in front, separated by commas. The gateway believes a client address only from these. */
  LIANDONG_TRUSTED_PROXIES: list,
  /** Origins whose pages may ask (CORS), separated by commas: `https://desk.example.cn`. None by default. */
  LIANDONG_CORS_ORIGINS: list.pipe(z.array(z.url({ protocol: /^https?$/ }).refine(isOrigin, 'an origin'))),
  /** PEM certificate chain and key, to serve over TLS. Without them a proxy in front should. */
  LIANDONG_TLS_CERT_FILE: path.optional(),
  LIANDONG_TLS_KEY_FILE: path.optional(),
  /** Port for Prometheus's /metrics alone; 0 opens none. */
  LIANDONG_METRICS_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  LIANDONG_METRICS_ADDRESS: z.string().default('127.0.0.1'),
  /** Time a stop may take to finish running requests, ms; after it, or at a second signal, the process ends. */
  LIANDONG_STOP_TIMEOUT_MS: z.coerce.number().int().min(100).default(30_000),
  /** Address that traces are sent to (OTLP over HTTP), named as in OpenTelemetry; without it none are sent. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  LIANDONG_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export interface GatewayConfig {
  name: string;
  port: number;
  address: string;
  topologyFile: string;
  divisionsFile: string;
  issuersFile: string;
  natsUrls: string[];
  natsSeedFile: string | null;
  embeddedIssuer: { name: string; peopleFile: string; keyFile: string } | null;
  requestTimeoutMs: number;
  hostTimeoutMs: number;
  edgeGuard: EdgeGuardSettings;
  tls: { certFile: string; keyFile: string } | null;
  metricsPort: number;
  metricsAddress: string;
  stopTimeoutMs: number;
  otlpEndpoint: string | null;
  logLevel: string;
}

/** @throws {ProblemError} BAD_CONFIG naming every setting that is missing or wrong */
export function readConfig(environment: Record<string, string | undefined>): GatewayConfig {
  const parsed = settings.safeParse(environment);
  const faults = (parsed.error?.issues ?? []).map((i) => `${i.path.join('.')}: ${i.message}`);
  for (const [what, one, other] of PAIRS) {
    const half = (environment[one] === undefined) !== (environment[other] === undefined);
    if (half) faults.push(`${what} needs both ${one} and ${other}`);
  }
  if (!parsed.success || faults.length > 0) {
    throw problem('BAD_CONFIG', `The gateway's settings are faulty. ${faults.join('; ')}.`);
  }
  const s = parsed.data;
  const { LIANDONG_PEOPLE_FILE: peopleFile, LIANDONG_ISSUER_KEY_FILE: keyFile } = s;
  const { LIANDONG_TLS_CERT_FILE: certFile, LIANDONG_TLS_KEY_FILE: tlsKeyFile } = s;
  return {
    name: s.LIANDONG_GATEWAY,
    port: s.LIANDONG_GATEWAY_PORT,
    address: s.LIANDONG_GATEWAY_ADDRESS,
    topologyFile: s.LIANDONG_TOPOLOGY_FILE,
    divisionsFile: s.LIANDONG_DIVISIONS_FILE,
    issuersFile: s.LIANDONG_ISSUERS_FILE,
    natsUrls: s.LIANDONG_NATS_URL,
    natsSeedFile: s.LIANDONG_NATS_SEED_FILE ?? null,
    embeddedIssuer:
      peopleFile === undefined || keyFile === undefined ? null : { name: s.LIANDONG_ISSUER, peopleFile, keyFile },
    requestTimeoutMs: s.LIANDONG_REQUEST_TIMEOUT_MS,
    hostTimeoutMs: s.LIANDONG_HOST_TIMEOUT_MS,
    edgeGuard: {
      rates: {
        perPerson: s.LIANDONG_RATE_PER_PERSON,
        perAddress: s.LIANDONG_RATE_PER_ADDRESS,
        perStranger: s.LIANDONG_RATE_PER_STRANGER,
      },
      trustedProxies: s.LIANDONG_TRUSTED_PROXIES,
      origins: s.LIANDONG_CORS_ORIGINS,
    },
    tls: certFile === undefined || tlsKeyFile === undefined ? null : { certFile, keyFile: tlsKeyFile },
    metricsPort: s.LIANDONG_METRICS_PORT,
    metricsAddress: s.LIANDONG_METRICS_ADDRESS,
    stopTimeoutMs: s.LIANDONG_STOP_TIMEOUT_MS,
    otlpEndpoint: s.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: s.LIANDONG_LOG_LEVEL,
  };
}

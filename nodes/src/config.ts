import { z } from 'zod';
import { brokerUrlsSchema } from '@liandong/schema/wire';
import { isDivisionCode, problem } from '@liandong/schema/kernel';

const path = z.string().min(1);
const codes = z
  .string()
  .transform((v) => v.split(',').map((c) => c.trim()))
  .pipe(z.array(z.string().refine(isDivisionCode, 'a division code')).min(1));

/** Every setting of a host, with its meaning; read once, and only here. */
const settings = z.object({
  /** Name of the host in the topology. */
  LIANDONG_HOST: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  /** Codes of the nodes this host serves, separated by commas. */
  LIANDONG_NODES: codes,
  /** PostgreSQL of this host, `postgresql://user:password@address:port/database`. */
  LIANDONG_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Most connections to it. Each costs the server some MB; 6 carry a county. */
  LIANDONG_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).max(100).default(6),
  /** Directory of pg_dump and pg_restore, for backup and restore; those on the PATH without it. */
  LIANDONG_POSTGRES_BIN_DIR: path.optional(),
  /** Addresses of the broker, separated by commas; with `tls://` one that offers no TLS is refused. */
  LIANDONG_NATS_URL: brokerUrlsSchema,
  /** File with this host's nkey seed; without it the host connects without credentials. */
  LIANDONG_NATS_SEED_FILE: path.optional(),
  /** CSV register of places: code,name,tier,parent. */
  LIANDONG_DIVISIONS_FILE: path,
  /** JSON: which broker each host belongs to; without it there is one broker for all. */
  LIANDONG_TOPOLOGY_FILE: path.optional(),
  /** JSON: the root's public key and the certificates of all nodes. */
  LIANDONG_TRUST_FILE: path,
  /** Directory with the private keys of the nodes served: encrypted (`*.jwe`), or plain (`*.jwk.json`) as a mounted secret. */
  LIANDONG_KEYS_DIR: path,
  /** File with the passphrase the key files are encrypted with, best a mounted secret; at least 12 characters. */
  LIANDONG_KEYS_PASSPHRASE_FILE: path.optional(),
  /** JSON: issuers whose tokens the host accepts, with their public keys or where to fetch them. */
  LIANDONG_ISSUERS_FILE: path,
  /** JSON calendar of years beside the built-in ones, or in their place: {years, restDays, makeUpDays}. */
  LIANDONG_CALENDAR_FILE: path.optional(),
  /**
   * Public page that verifies documents, for the QR codes on them, which bound its length; without it they carry number
   * and code alone.
   */
  LIANDONG_VERIFY_URL: z
    .url({ protocol: /^https?$/ })
    .max(1_000)
    .optional(),
  /** Port for /health, /ready and /federation; 0 opens none. */
  LIANDONG_HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  LIANDONG_HTTP_ADDRESS: z.string().default('127.0.0.1'),
  /**
   * Time until an unchanged feed tells its subscribers again how far it reaches, ms. Shorter gives fresher watermarks
   * and more messages.
   */
  LIANDONG_FEED_HEARTBEAT_MS: z.coerce.number().int().min(100).default(30_000),
  /** Port for Prometheus's /metrics, apart from everything else; 0 opens none. */
  LIANDONG_METRICS_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  LIANDONG_METRICS_ADDRESS: z.string().default('127.0.0.1'),
  /** Longest time for a stop to finish the work under way, ms; after it, or at a second signal, the process ends. */
  LIANDONG_STOP_TIMEOUT_MS: z.coerce.number().int().min(100).default(30_000),
  /** Where traces are sent (OTLP over HTTP), under OpenTelemetry's own name; without it no traces are sent. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  LIANDONG_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

export interface HostConfig {
  host: string;
  nodes: string[];
  databaseUrl: string;
  databaseConnections: number;
  postgresBinDir: string | null;
  natsUrls: string[];
  natsSeedFile: string | null;
  divisionsFile: string;
  topologyFile: string | null;
  trustFile: string;
  keysDir: string;
  keysPassphraseFile: string | null;
  issuersFile: string;
  calendarFile: string | null;
  verifyPage: string | null;
  httpPort: number;
  httpAddress: string;
  feedHeartbeatMs: number;
  metricsPort: number;
  metricsAddress: string;
  stopTimeoutMs: number;
  otlpEndpoint: string | null;
  logLevel: string;
}

/**
 * @throws {ProblemError} BAD_CONFIG naming every setting that is missing or wrong
 */
export function readConfig(environment: Record<string, string | undefined>): HostConfig {
  const parsed = settings.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    throw problem('BAD_CONFIG', `The host's settings are faulty. ${faults.join('; ')}.`);
  }
  const s = parsed.data;
  return {
    host: s.LIANDONG_HOST,
    nodes: s.LIANDONG_NODES,
    databaseUrl: s.LIANDONG_DATABASE_URL,
    databaseConnections: s.LIANDONG_DATABASE_CONNECTIONS,
    postgresBinDir: s.LIANDONG_POSTGRES_BIN_DIR ?? null,
    natsUrls: s.LIANDONG_NATS_URL,
    natsSeedFile: s.LIANDONG_NATS_SEED_FILE ?? null,
    divisionsFile: s.LIANDONG_DIVISIONS_FILE,
    topologyFile: s.LIANDONG_TOPOLOGY_FILE ?? null,
    trustFile: s.LIANDONG_TRUST_FILE,
    keysDir: s.LIANDONG_KEYS_DIR,
    keysPassphraseFile: s.LIANDONG_KEYS_PASSPHRASE_FILE ?? null,
    issuersFile: s.LIANDONG_ISSUERS_FILE,
    calendarFile: s.LIANDONG_CALENDAR_FILE ?? null,
    verifyPage: s.LIANDONG_VERIFY_URL ?? null,
    httpPort: s.LIANDONG_HTTP_PORT,
    httpAddress: s.LIANDONG_HTTP_ADDRESS,
    feedHeartbeatMs: s.LIANDONG_FEED_HEARTBEAT_MS,
    metricsPort: s.LIANDONG_METRICS_PORT,
    metricsAddress: s.LIANDONG_METRICS_ADDRESS,
    stopTimeoutMs: s.LIANDONG_STOP_TIMEOUT_MS,
    otlpEndpoint: s.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: s.LIANDONG_LOG_LEVEL,
  };
}

/** The few settings of commands that work without a host. */
export function readToolSettings(environment: Record<string, string | undefined>): {
  keysPassphraseFile: string | null;
  trustFile: string | null;
} {
  return {
    keysPassphraseFile: environment['LIANDONG_KEYS_PASSPHRASE_FILE'] || null,
    trustFile: environment['LIANDONG_TRUST_FILE'] || null,
  };
}

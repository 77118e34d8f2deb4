import type { Logger } from 'pino';
import { pino } from 'pino';
import { ProblemError } from '@liandong/schema/kernel';
import { traceFields } from './trace.ts';

/** Fields that never leave the process, wherever they occur. */
const SECRET = ['token', 'authorization', 'password', 'seed', 'jwk', 'body', 'application', 'idNumber', 'phone'];

/**
 * The log of a program: JSON lines on standard output with the ids of the running trace. An error is logged by class,
 * code and place in the program. Its text is logged only if the project wrote it, since a database's or a library's
 * text may quote its input.
 */
export function programLog(
  level: string,
  base: Record<string, string>,
  stream?: { write(line: string): void },
): Logger {
  const options = {
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceFields,
    serializers: { err: shownError },
    redact: { paths: SECRET.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
  };
  return stream ? pino(options, stream) : pino(options);
}

/** The parts of an error that may be logged. */
export function shownError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const place = error.stack
    ?.split('\n')
    .filter((line) => /^ +at /.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
  return {
    type: error.name,
    ...code,
    ...(error instanceof ProblemError ? { problems: error.problems.map((p) => p.code), message: error.message } : {}),
    ...(place ? { place } : {}),
    ...(error.cause === undefined ? {} : { cause: shownError(error.cause) }),
  };
}

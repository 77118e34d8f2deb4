/**
 * The host's program as the fault suite runs it: the product's own, with a clock that can be set wrong, and, only if it
 * is told so, with the parts of a naive one. No setting of the product's program leads here.
 */
import { runHost } from '@liandong/nodes';
import { installClock, setClock } from './wrong-clock.ts';
import type { NaiveVariant } from './naive.ts';
import { NAIVE } from './naive.ts';

process.on('message', (message: { clockMs?: number }) => {
  if (message.clockMs !== undefined) setClock(message.clockMs);
});
installClock();
const variant = process.env['CHAOS_NAIVE'] as NaiveVariant | undefined;
await runHost(process.env, variant === undefined ? {} : NAIVE[variant]);

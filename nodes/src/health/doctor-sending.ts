import type { Finding } from './doctor-check.ts';
import { bad, ok } from './doctor-check.ts';
import type { GoneSubject } from './doctor-work.ts';
import { goneNodes } from './doctor-work.ts';

/** Most messages named one by one. */
const NAMED = 10;

/** What to do about a message that can't be sent, by its code. */
const REMEDIES: Readonly<Record<string, string>> = {
  PAYLOAD_TOO_LARGE:
    'Raise max_payload at the brokers on its way and reload them, or withdraw what it carries; what stands behind it in its feed waits.',
  KEY_NOT_IN_EFFECT: 'The node has no key in effect: liandong keys make, and have it certified.',
  FORBIDDEN: 'Generate the broker’s configuration again from the topology and reload it.',
};

/** Messages that the host's nodes can't send at all. Closed nodes whose keys have ended are left out. */
export async function examineSending(subject: GoneSubject): Promise<Finding[]> {
  const { config, db } = subject;
  type Fault = {
    node: string;
    receiver: string;
    kind: string;
    subject: string;
    code: string;
    reason: string;
    since: Date;
  };
  const faults = await db.queryHost<Fault>(
    `SELECT node, receiver, kind, subject, code, reason, first_at AS since FROM send_faults
     WHERE last_at > now() - interval '10 minutes' AND node = ANY ($1) AND node <> ALL ($2)
     ORDER BY first_at LIMIT 1000`,
    [config.nodes, await goneNodes(subject)],
  );
  if (faults.length === 0) return [ok('sending', 'Nothing is kept from being sent.')];
  const each = faults.slice(0, NAMED).map(({ node, receiver, kind, subject: about, code, reason, since }) => {
    const of = about === '' ? '' : ` (${about})`;
    return `${kind} of ${node} to ${receiver}${of} since ${since.toISOString()}: ${code}, ${reason}`;
  });
  const more = faults.length > NAMED ? [`and ${faults.length - NAMED} more`] : [];
  const remedy = [...new Set(faults.flatMap(({ code }) => REMEDIES[code] ?? []))];
  return [bad('sending', `These can't be sent: ${[...each, ...more].join(' ')} ${remedy.join(' ')}`.trim())];
}

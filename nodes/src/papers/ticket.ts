import type { DivisionCode } from '@liandong/schema/kernel';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { Material } from '@liandong/schema/case';
import { materialSchema } from '@liandong/schema/case';
import type { PaperAddressView } from '@liandong/schema/domains/papers';
import { ADDRESS_MS, FILE_TYPES, isShownInline } from '@liandong/schema/domains/papers';
import type { Viewer } from '@liandong/schema/operation';
import { z } from 'zod';
import type { NodeVault } from '../vault/index.ts';

/** What is opened: one paper, or all papers of a case. */
const openedSchema = z.union([
  z.object({ paper: materialSchema }),
  z.object({ case: z.string(), number: z.string(), form: z.enum(['PDF', 'ZIP']) }),
]);
type Opened = z.infer<typeof openedSchema>;

/** What the ticket of an address says. Only its node can read or make one: it is sealed with the node's data key. */
const ticketSchema = z.object({
  opens: openedSchema,
  /** Who asked for it; null for the applicant, who has no login. */
  reader: z.object({ issuer: z.string(), sub: z.string(), name: z.string() }).nullable(),
  /** UTC, ms since 1970. */
  until: z.int(),
});
export type Ticket = z.infer<typeof ticketSchema>;

/** Every ticket is sealed for this place, so that no other sealed text can be used as one. */
const PLACE = 'paper address';

/** An address for one reader. @param viewer null for the applicant */
export function addressOf(
  { node, vault }: { node: DivisionCode; vault: NodeVault },
  opens: Opened,
  viewer: Viewer | null,
  now: Date,
): PaperAddressView {
  const until = now.getTime() + ADDRESS_MS;
  const reader = viewer && { issuer: viewer.issuer, sub: viewer.sub, name: viewer.name };
  const ticket = vault.seal(PLACE, '', JSON.stringify({ opens, reader, until } satisfies Ticket));
  return { path: `/papers/${node}/${ticket}`, expiresAt: new Date(until), ...shownAs(opens) };
}

function shownAs(opens: Opened): Pick<PaperAddressView, 'fileName' | 'mediaType' | 'size' | 'inline'> {
  if ('paper' in opens) {
    const { fileName, mediaType, size } = opens.paper;
    return { fileName, mediaType, size, inline: isShownInline(mediaType) };
  }
  return { ...fileOf(opens), size: null };
}

/** How a whole file is named and shown. */
export function fileOf({ number, form }: Exclude<Opened, { paper: Material }>) {
  return { fileName: `${number}.${form.toLowerCase()}`, mediaType: FILE_TYPES[form], inline: form === 'PDF' };
}

/**
 * What a ticket opens for this reader.
 * @throws {ProblemError} ADDRESS_EXPIRED, also for a ticket that this node never made; FORBIDDEN for another reader
 */
export async function openTicket(vault: NodeVault, ticket: string, viewer: Viewer | null, now: Date): Promise<Ticket> {
  const opened = await unsealed(vault, ticket);
  const { reader, until } = opened;
  if (until <= now.getTime()) throw expired();
  const same = reader === null || (viewer?.sub === reader.sub && viewer.issuer === reader.issuer);
  if (!same) throw problem('FORBIDDEN', 'This address was made for another person. Ask for one of your own.');
  return opened;
}

async function unsealed(vault: NodeVault, ticket: string): Promise<Ticket> {
  try {
    return ticketSchema.parse(JSON.parse(await vault.open(PLACE, '', ticket)));
  } catch (error) {
    // a data key that was removed since is no fault of the node's: the reader asks again
    if (error instanceof ProblemError) throw expired();
    throw error;
  }
}

function expired(): ProblemError {
  return problem('ADDRESS_EXPIRED', 'This address is not valid any more. Ask for it again.', { field: 'ticket' });
}

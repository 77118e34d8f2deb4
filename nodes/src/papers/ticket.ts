import type { DivisionCode } from '@liandong/schema/kernel';
import { problem, ProblemError } from '@liandong/schema/kernel';
import type { Material } from '@liandong/schema/case';
import { materialSchema } from '@liandong/schema/case';
import type { PaperAddressView } from '@liandong/schema/domains/papers';
import { ADDRESS_MS, isShownInline } from '@liandong/schema/domains/papers';
import type { Viewer } from '@liandong/schema/operation';
import { z } from 'zod';
import type { NodeVault } from '../vault/index.ts';

/** What the ticket of an address says. Only its node can read or make one: it is sealed with the node's data key. */
const ticketSchema = z.object({
  paper: materialSchema,
  /** Who asked for it; null for the applicant, who has no login. */
  reader: z.object({ issuer: z.string(), sub: z.string() }).nullable(),
  /** UTC, ms since 1970. */
  until: z.int(),
});

/** Every ticket is sealed for this place, so that no other sealed text can be used as one. */
const PLACE = 'paper address';

/** The address of a paper for one reader. @param viewer null for the applicant */
export function addressOf(
  { node, vault }: { node: DivisionCode; vault: NodeVault },
  paper: Material,
  viewer: Viewer | null,
  now: Date,
): PaperAddressView {
  const until = now.getTime() + ADDRESS_MS;
  const reader = viewer && { issuer: viewer.issuer, sub: viewer.sub };
  const ticket = vault.seal(PLACE, '', JSON.stringify({ paper, reader, until } satisfies z.input<typeof ticketSchema>));
  const { fileName, mediaType, size } = paper;
  const inline = isShownInline(mediaType);
  return { path: `/papers/${node}/${ticket}`, expiresAt: new Date(until), fileName, mediaType, size, inline };
}

/**
 * The paper that a ticket opens for this reader.
 * @throws {ProblemError} ADDRESS_EXPIRED, also for a ticket that this node never made; FORBIDDEN for another reader
 */
export async function openTicket(
  vault: NodeVault,
  ticket: string,
  viewer: Viewer | null,
  now: Date,
): Promise<Material> {
  const { paper, reader, until } = await unsealed(vault, ticket);
  if (until <= now.getTime()) throw expired();
  const same = reader === null || (viewer?.sub === reader.sub && viewer.issuer === reader.issuer);
  if (!same) throw problem('FORBIDDEN', 'This address was made for another person. Ask for one of your own.');
  return paper;
}

async function unsealed(vault: NodeVault, ticket: string): Promise<z.infer<typeof ticketSchema>> {
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

import { z } from 'zod';
import { implementationSchema, itemSchema } from './catalogue.ts';
import { publishedGrantSchema } from '../delegation/messages.ts';
import { dataOfferSchema } from '../sharing/rules.ts';
import { legalBasisChangeSchema } from '../legal-bases/rules.ts';
import { divisionCodeSchema } from '../../case/log-line.ts';

/**
 * One entry of a publisher's catalogue feed, signed by the publisher, so that the desks in between can pass it on and
 * not change it.
 */
export const catalogueEntrySchema = z.object({
  publisher: divisionCodeSchema,
  /** Its number in the publisher's feed. */
  seq: z.int().min(1),
  at: z.iso.datetime(),
  body: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('ITEM'), item: itemSchema }),
    z.object({ kind: z.literal('IMPLEMENTATION'), implementation: implementationSchema }),
    z.object({ kind: z.literal('DELEGATION'), delegation: publishedGrantSchema }),
    z.object({ kind: z.literal('OFFER'), offer: dataOfferSchema }),
    z.object({ kind: z.literal('LEGAL_BASIS'), change: legalBasisChangeSchema }),
    /** A certificate or a revocation, signed by its issuer. */
    z.object({ kind: z.literal('KEY'), document: z.string().min(1) }),
  ]),
});
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

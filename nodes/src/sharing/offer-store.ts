import type { DataOffer } from '@liandong/schema/domains/sharing';
import type { DivisionCode } from '@liandong/schema/kernel';
import { dataOfferSchema } from '@liandong/schema/domains/sharing';
import type { NodeQueries, SharedTx } from '../db/index.ts';
import { insert } from '../db/index.ts';
import { dataOffersTable } from './tables.ts';

/** Stores the newest version of offers: a node's own, or copies that came down the catalogue feed. */
export async function keepOffers(tx: SharedTx, offers: readonly DataOffer[]): Promise<void> {
  // one by one: a stretch of the feed may bring two versions of an offer
  for (const offer of offers) {
    const { id, version, node: provider, name: material } = offer;
    await insert(
      tx,
      dataOffersTable,
      [{ id, version, provider, material, body: offer }],
      `ON CONFLICT (node, id) DO UPDATE SET version = excluded.version, material = excluded.material,
         body = excluded.body WHERE data_offers.version < excluded.version AND data_offers.provider = excluded.provider`,
    );
  }
}

/** The offers a node makes or knows, by id. @param wanted narrows to a material or to one node's offers */
export async function findOffers(
  queries: NodeQueries,
  wanted: { material?: string | null; provider?: DivisionCode } = {},
): Promise<DataOffer[]> {
  const rows = await queries.query<{ body: unknown }>(
    `SELECT body FROM data_offers
     WHERE node = $1 AND ($2::text IS NULL OR material = $2) AND ($3::text IS NULL OR provider = $3) ORDER BY id`,
    [wanted.material ?? null, wanted.provider ?? null],
  );
  return rows.map((row) => dataOfferSchema.parse(row.body));
}

/** A node's offer as it is known here; null if the id is unknown. */
export async function findOffer(queries: NodeQueries, id: string, provider: DivisionCode): Promise<DataOffer | null> {
  const [row] = await queries.query<{ body: unknown }>(
    `SELECT body FROM data_offers WHERE node = $1 AND id = $2 AND provider = $3`,
    [id, provider],
  );
  return row ? dataOfferSchema.parse(row.body) : null;
}

import type { DivisionCode, Divisions } from '../kernel/divisions.ts';
import type { CatalogueEntry } from '../domains/catalogue/entry.ts';

/**
 * Checks which node may publish an entry of the catalogue (G8): a valid signature only proves which node signed.
 *
 * A grant is proved by its documents, and checked where they are opened. A document about a key is proved by its own
 * signature, so any node may pass it on.
 *
 * @returns the reason why the entry is ignored; null if its publisher may publish it
 */
export function publisherFault(
  body: CatalogueEntry['body'],
  publisher: DivisionCode,
  { city }: Divisions,
): string | null {
  switch (body.kind) {
    case 'ITEM':
      if (publisher === city.code) return null;
      return `${publisher} published version ${body.item.version} of item ${body.item.code}; items are published by ${city.code} alone.`;
    case 'LEGAL_BASIS':
      if (publisher === city.code) return null;
      return `${publisher} published a change of a legal basis; ${city.code} alone does.`;
    case 'IMPLEMENTATION': {
      const { item, node } = body.implementation;
      return node === publisher ? null : `${publisher} published ${node}'s implementation of ${item}.`;
    }
    case 'OFFER': {
      const { id, node } = body.offer;
      // the id names the node that is asked
      return node === publisher && id.startsWith(`${publisher}-`)
        ? null
        : `${publisher} published the offer ${id} of ${node}.`;
    }
    case 'DELEGATION':
    case 'KEY':
      return null;
    default:
      return body satisfies never;
  }
}

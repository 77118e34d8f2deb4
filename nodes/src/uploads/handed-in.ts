import type { Material } from '@liandong/schema/case';
import type { MaterialInput } from '@liandong/schema/domains/filing';
import { problem } from '@liandong/schema/kernel';
import type { Viewer } from '@liandong/schema/operation';
import type { SharedTx } from '../db/index.ts';
import type { GivenMaterial } from '../materials/index.ts';
import { decodeMaterial, keepStaged, storeMaterials } from '../materials/index.ts';
import type { UploadRow } from './tables.ts';
import { getUploads, markUsed } from './upload-store.ts';

/** Materials that a mutation hands in: bytes that came with it, or uploads that wait at the node. */
export class HandedIn {
  readonly #inputs: readonly MaterialInput[];
  /** Decoded materials, by their place in the input. */
  readonly #inline: ReadonlyMap<number, GivenMaterial>;
  readonly #now: () => Date;

  private constructor(inputs: readonly MaterialInput[], inline: ReadonlyMap<number, GivenMaterial>, now: () => Date) {
    this.#inputs = inputs;
    this.#inline = inline;
    this.#now = now;
  }

  /**
   * Decodes and checks the bytes that came with the mutation, before its transaction.
   * @throws {ProblemError} BAD_INPUT, PAYLOAD_TOO_LARGE, MATERIAL_MISLABELLED, MATERIAL_ENCRYPTED, MATERIAL_TORN,
   *   MATERIAL_OVERSIZED, MATERIAL_ACTIVE with the field
   */
  static async read(inputs: readonly MaterialInput[], now: () => Date): Promise<HandedIn> {
    const inline = new Map<number, GivenMaterial>();
    // one after the other: large ones need not all be in memory twice
    for (const [place, input] of inputs.entries()) {
      if ('content' in input) inline.set(place, await decodeMaterial(input, `materials.${place}.content`));
    }
    return new HandedIn(inputs, inline, now);
  }

  /**
   * All materials in the order they were handed in.
   * @throws {ProblemError} NOT_FOUND for an upload the person does not have here; ILLEGAL_STEP for one that is not
   *   complete
   */
  async named(tx: SharedTx, viewer: Viewer): Promise<Material[]> {
    const uploaded = await this.#uploads(tx, viewer);
    return this.#inputs.map((input, place): Material => {
      const given = this.#inline.get(place);
      if (given) return given.material;
      const upload = uploaded.get(place);
      if (!upload) throw new Error(`material ${place} is neither inline nor an upload`);
      const { fileName, mediaType, sha256, size } = upload;
      return { name: input.name, fileName, mediaType, sha256, size };
    });
  }

  /** Stores the bytes for good, once the rules let the materials pass. @throws {ProblemError} NOT_FOUND */
  async store(tx: SharedTx, viewer: Viewer): Promise<void> {
    await storeMaterials(tx, [...this.#inline.values()]);
    const uploaded = [...(await this.#uploads(tx, viewer)).values()];
    if (uploaded.length === 0) return;
    const [gone] = await keepStaged(tx, [...new Set(uploaded.map(({ sha256 }) => sha256))]);
    if (gone !== undefined) {
      const place = this.#inputs.findIndex((input) => 'upload' in input);
      throw problem('NOT_FOUND', 'The bytes of an upload are not here any more. Upload the file again.', {
        field: uploadField(place),
      });
    }
    await markUsed(
      tx,
      uploaded.map(({ id }) => id),
      this.#now(),
    );
  }

  /** The uploads by their place in the input. */
  async #uploads(tx: SharedTx, viewer: Viewer): Promise<Map<number, UploadRow>> {
    const asked = this.#inputs.flatMap((input, place) => ('upload' in input ? [{ place, id: input.upload }] : []));
    if (asked.length === 0) return new Map();
    const field = (place: number) => uploadField(asked[place]?.place ?? 0);
    const ids = asked.map(({ id }) => id);
    const rows = await getUploads(tx, viewer, ids, { now: this.#now(), lock: 'LOCK', field });
    return new Map(
      rows.map((row, i) => {
        if (row.completedAt === null) {
          const message = `${row.received} of ${row.size} bytes of this upload have come; send the rest first.`;
          throw problem('ILLEGAL_STEP', message, { field: field(i) });
        }
        return [asked[i]?.place ?? 0, row] as const;
      }),
    );
  }
}

const uploadField = (place: number) => `materials.${place}.upload`;

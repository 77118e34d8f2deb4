import type { ItemForm } from '@liandong/schema/domains/catalogue';
import { MAX_ITEM_FORM_BYTES } from '@liandong/schema/domains/catalogue';
import { problem } from '@liandong/schema/kernel';
import { requireHarmless } from '../materials/index.ts';
import { sha256 } from '../trust/index.ts';

/** A form with its bytes. */
export interface GivenForm {
  form: ItemForm;
  bytes: Buffer;
}

/**
 * Checks the bytes of a form as those of a material are checked, and names it by its content.
 * @param field where they were handed in, for errors
 * @throws {ProblemError} BAD_INPUT for no bytes; PAYLOAD_TOO_LARGE; MATERIAL_MISLABELLED, MATERIAL_ENCRYPTED,
 *   MATERIAL_TORN, MATERIAL_OVERSIZED, MATERIAL_ACTIVE
 */
export async function checkedForm(
  stated: Omit<ItemForm, 'size' | 'sha256'>,
  bytes: Buffer,
  field: string,
): Promise<GivenForm> {
  if (bytes.length === 0) throw problem('BAD_INPUT', `${field}: has no bytes.`, { field });
  if (bytes.length > MAX_ITEM_FORM_BYTES) {
    throw problem('PAYLOAD_TOO_LARGE', `${field}: is above ${MAX_ITEM_FORM_BYTES} bytes.`, { field });
  }
  await requireHarmless(bytes, stated.mediaType, field);
  return { form: { ...stated, size: bytes.length, sha256: sha256(bytes) }, bytes };
}

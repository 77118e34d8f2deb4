import { z } from 'zod';
import { sha256Schema } from '../../case/line-parts.ts';
import { text } from '../../operation/input-parts.ts';
import type { MaterialMediaType } from './media-types.ts';
import { mediaType } from './media-types.ts';

/** Largest material whose bytes come with a mutation, in bytes. */
export const MAX_MATERIAL_BYTES = 10 * 1024 * 1024;
/** Most bytes of one request's materials together. */
export const MAX_REQUEST_BYTES = 30 * 1024 * 1024;
/** Most pixels of a picture. A0 scanned at 300 dpi has 139 million. */
export const MAX_PICTURE_PIXELS = 150_000_000;

/** A material whose bytes come with the mutation, as base64. */
export interface InlineMaterial {
  name: string;
  fileName: string;
  mediaType: MaterialMediaType;
  content: string;
}
/** A material that was uploaded before; `upload` is the upload's id. */
export interface UploadedMaterial {
  name: string;
  upload: string;
}
export type MaterialInput = InlineMaterial | UploadedMaterial;

const OLD_WAY = 'Upload the file and name the upload. Bytes within mutations end with the next version.';
const INLINE_PARTS = ['fileName', 'mediaType', 'content'] as const;

/** @param nameSays the graph's description of a material's name */
const materialOf = (nameSays: string) =>
  z
    .object({
      name: text(100).meta({ description: nameSays }),
      upload: z.uuid().nullish().meta({
        scalar: 'ID',
        description: "A complete upload of the caller's; then nothing but the name stands beside it.",
      }),
      fileName: text(200).nullish().meta({ deprecatedFor: OLD_WAY }),
      mediaType: mediaType.nullish().meta({ deprecatedFor: OLD_WAY }),
      content: z
        .string()
        .min(4, 'has no bytes')
        .max(Math.ceil(MAX_MATERIAL_BYTES / 3) * 4, `is above ${MAX_MATERIAL_BYTES} bytes; upload it`)
        .nullish()
        .meta({ scalar: 'Base64', description: 'The bytes, at most 10 MiB.', deprecatedFor: OLD_WAY }),
    })
    .transform((given, context): MaterialInput => {
      const { name, upload, fileName, mediaType: type, content } = given;
      const uploaded = (upload ?? null) !== null;
      for (const part of INLINE_PARTS) {
        const missing = (given[part] ?? null) === null;
        if (missing === uploaded) continue;
        const message = missing ? 'is missing; or name an upload' : 'stands beside an upload, which says it already';
        context.addIssue({ code: 'custom', path: [part], message });
      }
      if (upload !== undefined && upload !== null) return { name, upload };
      if (!fileName || !type || !content) return z.NEVER;
      return { name, fileName, mediaType: type, content };
    });

/** Bytes that base64 text decodes to. */
function bytesOf(base64: string): number {
  return Math.floor(base64.replace(/=+$/, '').length * 0.75);
}

/** Materials handed in together. @param nameSays the graph's description of a material's name */
const materialsOf = (nameSays: string) =>
  z
    .array(materialOf(nameSays))
    .max(50)
    .refine(
      (list) => list.reduce((sum, m) => sum + ('content' in m ? bytesOf(m.content) : 0), 0) <= MAX_REQUEST_BYTES,
      `are above ${MAX_REQUEST_BYTES} bytes together; upload them`,
    );

/** Materials of one case. */
export const materialsInput = materialsOf("One of the item's materials.").meta({ inputType: 'MaterialInput' });
/** Materials of a bundle's one form. */
export const bundleMaterialsInput = materialsOf('Goes to every member that asks for a material of this name.').meta({
  inputType: 'BundleMaterialInput',
});

/** A material the application has already, by its digest, or an upload that comes to it. */
export type ArrangedMaterial = { kept: string; name: string | null } | UploadedMaterial;

const arrangedMaterial = z
  .object({
    kept: sha256Schema.nullish().meta({ description: 'Digest of a material that the application has.' }),
    upload: z.uuid().nullish().meta({ scalar: 'ID', description: "A complete upload of the caller's." }),
    name: text(100).nullish().meta({ description: "One of the item's materials; of one that is kept, if it changes." }),
  })
  .transform((given, context): ArrangedMaterial => {
    const { kept = null, upload = null, name = null } = given;
    if (kept !== null && upload === null) return { kept, name };
    if (upload !== null && kept === null && name !== null) return { name, upload };
    const message = 'names either a material that is kept, or an upload with its name';
    context.addIssue({ code: 'custom', path: [upload !== null && kept === null ? 'name' : 'kept'], message });
    return z.NEVER;
  });

/** All materials of an application, in their order. */
export const arrangedMaterialsInput = z.array(arrangedMaterial).max(50).meta({ inputType: 'ArrangedMaterialInput' });

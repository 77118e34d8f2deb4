import { z } from 'zod';
import { text } from '../../operation/input-parts.ts';

/** Largest material, in bytes. */
export const MAX_MATERIAL_BYTES = 10 * 1024 * 1024;
/** Most bytes of one request's materials together. */
export const MAX_REQUEST_BYTES = 30 * 1024 * 1024;
/** Most pixels of a picture. A0 scanned at 300 dpi has 139 million. */
export const MAX_PICTURE_PIXELS = 150_000_000;
/** File types that windows scan or receive: photographs, PDF, office documents and plain text. */
export const MATERIAL_MEDIA_TYPES = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'text/plain',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const;

const materialInput = z.object({
  name: text(100),
  fileName: text(200),
  mediaType: z.enum(MATERIAL_MEDIA_TYPES).meta({ scalar: 'String' }),
  /** Base64 of the bytes. */
  content: z
    .string()
    .min(4, 'has no bytes')
    .max(Math.ceil(MAX_MATERIAL_BYTES / 3) * 4, `is above ${MAX_MATERIAL_BYTES} bytes`)
    .meta({ scalar: 'Base64', description: 'The bytes, at most 10 MiB.' }),
});
export type MaterialInput = z.infer<typeof materialInput>;

/** Bytes that base64 text decodes to. */
function bytesOf(base64: string): number {
  return Math.floor(base64.replace(/=+$/, '').length * 0.75);
}

/** Materials handed in together. @param nameSays the graph's description of a material's name */
const materialsOf = (nameSays: string) =>
  z
    .array(materialInput.extend({ name: text(100).meta({ description: nameSays }) }))
    .max(50)
    .refine(
      (list) => list.reduce((sum, m) => sum + bytesOf(m.content), 0) <= MAX_REQUEST_BYTES,
      `are above ${MAX_REQUEST_BYTES} bytes together; hand the rest in with a supplement`,
    );

/** Materials of one case. */
export const materialsInput = materialsOf("One of the item's materials.").meta({ inputType: 'MaterialInput' });
/** Materials of a bundle's one form. */
export const bundleMaterialsInput = materialsOf('Goes to every member that asks for a material of this name.').meta({
  inputType: 'BundleMaterialInput',
});

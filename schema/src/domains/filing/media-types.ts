import { z } from 'zod';

/** File types that windows scan or receive: photographs, PDF, office documents and plain text. */
export const MATERIAL_MEDIA_TYPES = [
  'application/pdf',
  'image/jpeg',
  'image/png',
  'text/plain',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const;
export type MaterialMediaType = (typeof MATERIAL_MEDIA_TYPES)[number];

export const mediaType = z.enum(MATERIAL_MEDIA_TYPES).meta({ scalar: 'String' });

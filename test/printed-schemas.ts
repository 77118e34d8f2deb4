import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ROLE_SCHEMAS, parseDivisions, roleSchema } from '@liandong/schema';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { stitchRoles } from '../gateway/src/stitch.ts';

const DIVISIONS_FILE = fileURLToPath(new URL('../data/taizhou-divisions.csv', import.meta.url));

/** Every schema the project prints, by file name below schema/sdl. */
export async function printedSchemas(): Promise<Record<string, string>> {
  const divisions = parseDivisions(await readFile(DIVISIONS_FILE, 'utf8'));
  const whole = stitchRoles(divisions, () => () => {
    throw new Error('only printed, never asked');
  });
  const printed = (schema: Parameters<typeof printSchema>[0]) => `${printSchema(lexicographicSortSchema(schema))}\n`;
  return {
    ...Object.fromEntries(ROLE_SCHEMAS.map((role) => [`${role}.graphql`, printed(roleSchema(role))])),
    'whole.graphql': printed(whole),
  };
}

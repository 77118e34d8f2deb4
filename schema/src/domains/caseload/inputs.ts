import { z } from 'zod';
import { id } from '../../operation/fields.ts';

/** A person by their token, as lists of handlers show them. */
export const person = z.object({ issuer: id(200), sub: id(200) });

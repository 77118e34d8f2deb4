import { problem } from '@liandong/schema/kernel';
import type { PasswordSource } from './password.ts';

/** What a command gets besides its arguments: settings, a source of passwords, and where to print. */
export interface Terminal extends PasswordSource {
  environment: Readonly<Record<string, string | undefined>>;
  print: (text: string) => void;
}

export type Values = Readonly<Record<string, string | undefined>>;

/** @param subject the argument after the two words of the command */
export type Command = (terminal: Terminal, values: Values, subject: string | undefined) => Promise<void>;

/** @throws {ProblemError} BAD_INPUT naming the option that is missing */
export function requireValue(values: Values, name: string): string {
  const value = values[name];
  if (value === undefined || value === '') throw problem('BAD_INPUT', `--${name} is missing.`, { field: name });
  return value;
}

/** The file a command works on: from an option, else from the gateway's settings. @throws {ProblemError} BAD_INPUT */
export function fileOf({ environment }: Terminal, values: Values, option: string, setting: string): string {
  const file = values[option] ?? environment[setting];
  if (file === undefined || file === '') {
    throw problem('BAD_INPUT', `Name the file: --${option} or ${setting}.`, { field: option });
  }
  return file;
}

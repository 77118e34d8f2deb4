import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { PROJECT_DIR } from './plan.ts';

const call = promisify(execFile);
/** Packages of this project, by their folder. */
const WORKSPACES = { schema: 'schema', runtime: 'schema/runtime', nodes: 'nodes', gateway: 'gateway' };
/** Written when a release is built whole. */
const BUILT = '.built';

/** The programs of one version. */
export interface Programs {
  hostProgram: string;
  gatewayProgram: string;
  cliProgram: string;
}

/** The programs of a release, and the posts that it knows. */
export interface Release {
  programs: Programs;
  roles: readonly string[];
}

/**
 * The commit of the last release: what the last tag `v…` names, or in a clone without tags, the commit that gave
 * package.json its version.
 * @returns null where the history does not reach so far
 */
export async function releasedCommit(): Promise<string | null> {
  const tagged = await git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*');
  if (tagged !== null) return git('rev-list', '-n', '1', tagged);
  if ((await git('rev-parse', '--is-shallow-repository')) !== 'false') return null;
  const { version } = JSON.parse(await readFile(join(PROJECT_DIR, 'package.json'), 'utf8')) as { version: string };
  return git('log', '-1', '--format=%H', `-S"version": "${version}"`, '--', 'package.json');
}

/**
 * Builds the programs of a commit in a folder of their own, from its sources and the packages it locks; a commit that
 * was built before is not built again.
 * @throws {Error} with what the compiler says, if it can't be built
 */
export async function buildRelease(commit: string): Promise<Release> {
  const dir = join(PROJECT_DIR, '.liandong', 'releases', commit);
  if (!existsSync(join(dir, BUILT))) {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    await call('git', ['archive', commit, '-o', join(dir, 'sources.tar')], { cwd: PROJECT_DIR });
    await call('tar', ['-xf', 'sources.tar'], { cwd: dir });
    await rm(join(dir, 'sources.tar'));
    await providePackages(dir);
    await call('npm', ['run', 'generate', '--workspace', 'nodes'], { cwd: dir });
    const tsc = join(dir, 'node_modules', '.bin', 'tsc');
    const projects = ['nodes/tsconfig.build.json', 'gateway/tsconfig.build.json'];
    await call(tsc, ['-b', ...projects], { cwd: dir }).catch((error: { stdout?: string }) => {
      throw new Error(`${commit} can't be built: ${error.stdout}`, { cause: error });
    });
    await writeFile(join(dir, BUILT), '');
  }
  const words = pathToFileURL(join(dir, 'schema', 'dist', 'kernel', 'words.js')).href;
  const { ROLES } = (await import(words)) as { ROLES: readonly string[] };
  // as modules: their bundles are no different
  const programs = {
    hostProgram: join(dir, 'nodes', 'dist', 'main.js'),
    gatewayProgram: join(dir, 'gateway', 'dist', 'main.js'),
    cliProgram: join(dir, 'nodes', 'dist', 'cli.js'),
  };
  return { programs, roles: ROLES };
}

/** Links this checkout's packages if the release locks the same ones, and installs its own otherwise. */
async function providePackages(dir: string): Promise<void> {
  const lockOf = (project: string) => readFile(join(project, 'package-lock.json'), 'utf8');
  if (packagesOf(await lockOf(dir)) !== packagesOf(await lockOf(PROJECT_DIR))) {
    await call('npm', ['ci', '--no-audit', '--no-fund'], { cwd: dir });
    return;
  }
  const modules = join(dir, 'node_modules');
  await mkdir(join(modules, '@liandong'), { recursive: true });
  for (const name of await readdir(join(PROJECT_DIR, 'node_modules'))) {
    if (name === '.cache' || name === '@liandong') continue;
    await symlink(join(PROJECT_DIR, 'node_modules', name), join(modules, name));
  }
  for (const [name, folder] of Object.entries(WORKSPACES)) {
    await symlink(join(dir, folder), join(modules, '@liandong', name));
    const own = join(PROJECT_DIR, folder, 'node_modules');
    if (existsSync(own)) await symlink(own, join(dir, folder, 'node_modules'));
  }
}

/** The packages a lock file names, without this project's own versions. */
function packagesOf(lock: string): string {
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  return JSON.stringify(Object.entries(packages).filter(([path]) => path.includes('node_modules')));
}

/** What a git command prints; null if it fails. */
async function git(...args: string[]): Promise<string | null> {
  const done = await call('git', args, { cwd: PROJECT_DIR }).catch(() => null);
  return done?.stdout.trim() || null;
}

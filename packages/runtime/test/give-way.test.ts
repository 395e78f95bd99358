import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const GIVE_WAY = new URL('../src/give-way.ts', import.meta.url).href;
const SCRIPT = `
  const { giveWay } = await import(${JSON.stringify(GIVE_WAY)});
  giveWay(19);
  const { readFileSync } = await import('node:fs');
  const { getPriority } = await import('node:os');
  const autogroup = () => { try { return readFileSync('/proc/self/autogroup', 'utf8'); } catch { return 'none'; } };
  console.log(getPriority() + ' ' + autogroup().trim());
`;

/** What a process that gave way says of itself: its own niceness, and that of its session where the system weighs these. */
async function givenWay({ detached }: { readonly detached: boolean }): Promise<{ own: number; session: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
    detached,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const [own, ...session] = said.trim().split(' ');
  return { own: Number(own), session: session.join(' ').replace(/^\/autogroup-\d+ /, '') };
}

test('a process that gives way is the nicer one of its session, which stays as it was', async () => {
  const { own, session } = await givenWay({ detached: false });
  expect(own).toBe(19);
  expect(session).not.toBe('nice 19');
});

test('one that leads its session has that give way too, where the system weighs sessions', async () => {
  const { own, session } = await givenWay({ detached: true });
  expect(own).toBe(19);
  expect(['none', 'nice 19']).toContain(session);
});

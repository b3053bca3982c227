// Documentation as a test: every link and every file it names is there.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const SKIPPED = new Set(['node_modules', 'dist']);

const pages = pagesBelow('.').map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : pagesBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** As GitHub makes anchors of headings. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const [path, anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path!));
  if (target.startsWith('..') || !existsSync(target)) return true;
  return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
}

test('every link between our pages leads somewhere', () => {
  const links = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => ({ path, link: link! })),
  );
  const relative = links.filter(({ link }) => !/^[a-z]+:/.test(link));
  expect(relative.length).toBeGreaterThan(20);
  expect(relative.filter(({ path, link }) => isBroken(path, link))).toEqual([]);
});

test('every source file that a page names is there', () => {
  const PATH = /`((?:core|handlers|infra|local|cli|client|bench|examples|scripts|test|docs)\/[\w./-]*)`/g;
  const named = pages.flatMap(({ path, text }) => [...text.matchAll(PATH)].map(([, file]) => ({ path, file: file! })));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ file }) => !existsSync(file))).toEqual([]);
});

test('every decision has a number of its own, which is also that of its title', () => {
  const decisions = pages.filter(({ path }) => /^docs\/decisions\/\d/.test(path));
  const numbers = decisions.map(({ path }) => path.slice('docs/decisions/'.length).split('-', 1)[0]!);
  expect(numbers.toSorted()).toEqual(numbers.map((_number, i) => String(i + 1).padStart(3, '0')));
  expect(decisions.filter(({ text }, i) => !text.startsWith(`# ${numbers[i]}: `)).map(({ path }) => path)).toEqual([]);
});

test('every decision that a page cites is there', () => {
  const numbers = pages.flatMap(({ path }) => /^docs\/decisions\/(\d+)/.exec(path)?.[1] ?? []);
  const cited = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\bdecisions?[ /](\d{3})\b/gi)].map(([, number]) => ({ path, number: number! })),
  );
  expect(cited.length).toBeGreaterThan(3);
  expect(cited.filter(({ number }) => !numbers.includes(number))).toEqual([]);
});

test('no page names a place of the machine that it was written on', () => {
  expect(
    pages.filter(({ text }) => /(^|[\s(`'"])\/(work|home|root|Users)\//.test(text)).map(({ path }) => path),
  ).toEqual([]);
});

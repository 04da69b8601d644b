import { type Extent, firstRows, mostPageBytes, renderWithin, whole } from '#domain/html/extent';

test('a page that fits is shown whole', () => {
  const seen: Extent[] = [];
  const page = renderWithin((extent) => {
    seen.push(extent);
    return 'short';
  });

  expect([page, seen]).toEqual(['short', [whole]]);
});

test('a page that is too large is rendered with less and less until it fits', () => {
  const page = renderWithin(({ rows }) => 'x'.repeat(Math.min(rows, 10_000) * 10_000));

  expect(page.length).toBeLessThanOrEqual(mostPageBytes);
  expect(page.length).toBe(100 * 10_000);
});

test('what is left out of a list is counted', () => {
  expect(firstRows([1, 2, 3], { ...whole, rows: 2 })).toEqual({ shown: [1, 2], left: 1 });
  expect(firstRows([1, 2, 3], whole)).toEqual({ shown: [1, 2, 3], left: 0 });
});

import { expect, test } from 'vitest';
import { pageBehind } from './page-behind.ts';

const routes = [
  { method: 'ALL', path: '/console/*' },
  { method: 'POST', path: '/console/find' },
  { method: 'POST', path: '/console/privacy/:id/approve' },
  { method: 'GET', path: '/console/privacy/:id' },
];

test('an address that only takes forms leads to the page the form stands on; any other is not there', () => {
  expect(pageBehind(routes, '/console/find')).toBe('/console');
  expect(pageBehind(routes, '/console/privacy/1/approve')).toBe('/console/privacy/1');
  expect(pageBehind(routes, '/console/privacy/1/aprove')).toBeUndefined();
  expect(pageBehind(routes, '/console/privacy/1')).toBeUndefined();
  expect(pageBehind(routes, '/console')).toBeUndefined();
});

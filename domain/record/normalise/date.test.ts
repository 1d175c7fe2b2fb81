import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { dateDigits, dateOrderVote, normaliseDate, swappedDate } from './date.ts';

const anyDate = fc
  .date({ min: new Date('1930-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
  .filter((date) => normaliseDate(date) !== undefined);

describe('date', () => {
  test.each([
    ['1969-03-23', '1969-03-23'],
    ['19690323', '1969-03-23'],
    ['23/03/1969', '1969-03-23'],
    ['23.3.69', '1969-03-23'],
    ['3/23/1969', '1969-03-23'],
    ['23 de marzo de 1969', '1969-03-23'],
    ['23 marzo 1969', '1969-03-23'],
    ['1er août 1999', '1999-08-01'],
    ['Mar 1 1971', '1971-03-01'],
    ['17-May-90', '1990-05-17'],
    ['6/25/08', '2008-06-25'],
    ['1969-03-23T00:00:00Z', '1969-03-23'],
    ['1630-08-01', '1630-08-01'],
  ])('%s is %s', (written, date) => {
    expect(normaliseDate(written)).toBe(date);
  });
  test('a date that does not exist, a placeholder and no date are nothing', () => {
    for (const written of ['2001-02-29', '31/04/1990', '1900-01-01', '01/01/1970', '00/00/0000', '1985', 'unknown', ''])
      expect(normaliseDate(written), written).toBeUndefined();
  });
  test('a damaged date keeps its digits for comparison', () => {
    expect(dateDigits('196690323')).toBe('196690323');
    expect(dateDigits('1969-03-23')).toBe('19690323');
    for (const written of ['1900-01-01', '00000000', '12', '']) expect(dateDigits(written), written).toBeUndefined();
  });
  test('a column says how it is meant by the dates that can be read one way only', () => {
    expect(dateOrderVote('23/03/1969')).toBe('dmy');
    expect(dateOrderVote('3/23/69')).toBe('mdy');
    for (const written of ['3/4/1969', '1969-03-23', '']) expect(dateOrderVote(written)).toBeUndefined();
  });
  property.prop([anyDate])('what is written as day, month, year or month, day, year is read back in that order', (date) => {
    const [year, month, day] = date.split('-');
    expect(normaliseDate(`${day}/${month}/${year}`, 'dmy')).toBe(date);
    expect(normaliseDate(`${month}-${day}-${year?.slice(2)}`, 'mdy')).toBe(date);
    expect(normaliseDate(`${year}${month}${day}`)).toBe(date);
  });
  property.prop([anyDate])('day and month swapped twice are the same date', (date) => {
    const swapped = swappedDate(date);
    if (swapped !== undefined) expect(swappedDate(swapped)).toBe(date);
  });
});

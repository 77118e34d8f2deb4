import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOf } from './networks.ts';

describe('the network of an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:ffff::', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test('is the same for all that one caller of IPv6 can take, and another for any other', () => {
    const group = fc.nat({ max: 0xffff }).map((n) => n.toString(16));
    const half = fc.array(group, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(half, half, half, (front, one, other) => {
        const network = networkOf([...front, ...one].join(':'));
        // others are IPv4 addresses
        fc.pre(front.some((group) => group !== '0'));
        fc.pre(one.some((group) => group !== '0'));
        expect(networkOf([...front, ...other].join(':'))).toBe(network);
        expect(networkOf([...one, ...other].join(':')) === network).toBe(one.join() === front.join());
      }),
    );
  });
});

// Which endpoints workflows may call: names, addresses, and the address behind a name.
import { describe, expect, test } from 'vitest';
import { allowedHosts, isPublic } from '../../../infra/http/allowed-hosts.ts';

describe('a host is allowed by its name', () => {
  const hosts = allowedHosts('api.example.com, *.shop.example 10.1.0.0/16,::1');

  test.each(['api.example.com', 'eu.shop.example', 'a.b.shop.example', '10.1.2.3', '::1'])('%s', (host) => {
    expect(hosts.refusal(host)).toBeUndefined();
  });

  test.each([
    'example.com',
    'shop.example',
    'evilshop.example',
    'api.example.com.evil.test',
    '10.2.0.1',
    '93.184.216.34',
  ])('not %s', (host) => {
    expect(hosts.refusal(host)).toBe(`${host} is not among the allowed hosts`);
  });

  test('* is any name and any public address', () => {
    const any = allowedHosts('*');
    expect(any.refusal('api.example.com')).toBeUndefined();
    expect(any.refusal('93.184.216.34')).toBeUndefined();
    expect(any.refusal('10.0.0.1')).toBe('10.0.0.1 is not among the allowed hosts');
  });

  test('with an empty list nothing is, and the error says that there is none', () => {
    expect(allowedHosts('').refusal('api.example.com')).toBe(
      'api.example.com is not called: no hosts are allowed here',
    );
  });

  test('a host that is known by other means needs no name in the list, but its address is looked at', () => {
    expect(allowedHosts('').refusal('abc.execute-api.eu-west-1.amazonaws.com', true)).toBeUndefined();
    expect(allowedHosts('').refusal('10.0.0.1', true)).toBeDefined();
  });
});

describe('an address must be public, or in the list', () => {
  test.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:7f00:1',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::',
    '2001:0:4136:e378::1',
    '2001:db8::1',
  ])('%s is not public', (address) => {
    expect(isPublic(address)).toBe(false);
    expect(allowedHosts('*').isAddressAllowed(address)).toBe(false);
    expect(allowedHosts(address).isAddressAllowed(address)).toBe(true);
  });

  test.each(['93.184.216.34', '172.32.0.1', '::ffff:93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'])(
    '%s is',
    (address) => {
      expect(isPublic(address)).toBe(true);
      expect(allowedHosts('').isAddressAllowed(address)).toBe(true);
      expect(allowedHosts('').isNamed(address)).toBe(false);
    },
  );

  test('an IPv4 address is the same in IPv6’s clothes', () => {
    expect(allowedHosts('10.0.0.0/8').isNamed('::ffff:10.1.2.3')).toBe(true);
  });
});

test.each(['http://example.com', 'example.com:443', '10.0.0.0/40', 'a*b', 'ex*.com'])(
  '%s is no entry of a list',
  (list) => {
    expect(() => allowedHosts(list)).toThrow(`not '${list}'`);
  },
);

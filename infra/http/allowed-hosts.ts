// Which endpoints a deployment lets workflows call. A list of names and addresses, comma-separated:
//   *                     any public host
//   api.example.com       this host; *.example.com: any host below example.com
//   10.1.0.0/16, ::1      these addresses, which may be private: only they are called without TLS, too
// A name says nothing about the address behind it, so both are asked: the host must be in the list by its name (or be an
// address of it), and the address that is connected to must be public or in the list.
import { BlockList, isIP } from 'node:net';

export interface AllowedHosts {
  /** Undefined when the host may be called, else why not. `isKnown`: the name need not be in the list. */
  refusal(host: string, isKnown?: boolean): string | undefined;
  isAddressAllowed(address: string): boolean;
  /** Whether the list names this address itself. */
  isNamed(address: string): boolean;
}

/** Not reachable from the Internet, by IANA's registries of special addresses; of IPv6, all but global unicast. */
const SPECIAL_IPV4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
  192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;
const GLOBAL_IPV6 = '2000::/3';
/** Inside of it: protocol assignments with Teredo, documentation, and 6to4, which wraps any IPv4 address. */
const SPECIAL_IPV6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';

const special = blockList(`${SPECIAL_IPV4} ${SPECIAL_IPV6}`.split(/\s+/));
const globalIpv6 = blockList([GLOBAL_IPV6]);

/** Throws an Error that names an entry which is neither. */
export function allowedHosts(list: string): AllowedHosts {
  const entries = list.split(/[\s,]+/).filter(Boolean);
  const names = entries.filter((entry) => !isAddress(entry)).map((entry) => entry.toLowerCase());
  const wrong = names.find((name) => !/^(\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/.test(name));
  if (wrong !== undefined)
    throw new Error(`An allowed host is a name, *.name, *, an address or a CIDR, not '${wrong}'.`);
  const addresses = blockList(entries.filter(isAddress));

  const isNamed = (address: string) => inList(addresses, address);
  const isAddressAllowed = (address: string) => isNamed(address) || isPublic(address);
  const isNameListed = (host: string) =>
    names.some((name) => name === '*' || name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))));

  return {
    isNamed,
    isAddressAllowed,
    refusal(host, isKnown = false) {
      if (isIP(host) !== 0) {
        if (isNamed(host) || (isPublic(host) && names.includes('*'))) return undefined;
      } else if (isKnown || isNameListed(host)) return undefined;
      return entries.length === 0
        ? `${host} is not called: no hosts are allowed here`
        : `${host} is not among the allowed hosts`;
    },
  };
}

export function isPublic(address: string): boolean {
  const { text, family } = plain(address);
  if (family === 'ipv6' && !globalIpv6.check(text, family)) return false;
  return !special.check(text, family);
}

function isAddress(entry: string): boolean {
  const [address = '', bits] = entry.split('/');
  const version = isIP(address);
  return version !== 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)));
}

function blockList(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list;
}

function inList(list: BlockList, address: string): boolean {
  const { text, family } = plain(address);
  return list.check(text, family);
}

/** An IPv4 address in IPv6's clothes is the IPv4 address. */
function plain(address: string): { text: string; family: 'ipv4' | 'ipv6' } {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (mapped === null) return { text: address, family: isIP(address) === 4 ? 'ipv4' : 'ipv6' };
  const [, dotted, high = '0', low = '0'] = mapped;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return { text: dotted ?? [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.'), family: 'ipv4' };
}

// Makes apideck_canonical.jsonl: what JavaScript itself makes of documents, for Apideck's signatures.
//
//     node apideck_canonical.js > apideck_canonical.jsonl
//
// Each line: a body, the text that is signed with arrays untouched, the one with arrays descended, their signatures.

const crypto = require('crypto')

const KEY = 'sk_test_apideck_key'

const sort = (value, descend) => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return descend ? value.map((item) => sort(item, descend)) : value
  return Object.keys(value).sort().reduce((sorted, key) => {
    sorted[key] = sort(value[key], descend)
    return sorted
  }, {})
}
const canonical = (body, descend) => JSON.stringify(sort(JSON.parse(body), descend))
const sign = (text) => crypto.createHmac('sha256', KEY).update(text).digest('hex')

// A generator of numbers of its own, so that the file can be made again.
let state = 0x9e3779b9
const below = (limit) => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % limit
}
const pick = (list) => list[below(list.length)]
const many = (limit, make) => Array.from({ length: below(limit) }, make)

const PIECES = ['a', 'Z', '_', ' ', '0', '9', 'é', '€', '\u{1f600}', '\ufb01', '\uffff', '\u2028', '\u007f', "'", '<',
  '\\n', '\\b', '\\f', '\\r', '\\t', '\\"', '\\\\', '\\/', '\\u0000', '\\u001f', '\\u001F', '\\u007f', '\\u0061',
  '\\u00e9', '\\u20AC', '\\ud83d\\ude00', '\\ud83d', '\\ude00', '\\uD83D\\ud83d', '\\ufeff', '\\u2029']
const KEYS = ['__proto__', 'constructor', 'toJSON', 'toString', 'length', 'hasOwnProperty', '', 'a', 'b', 'A', 'aa', 'ab',
  'a.b', 'event_id', 'event_type', 'entity', 'payload', '0', '1', '2', '9', '10', '01', '-1', '1.0', '1e3', '4294967294',
  '4294967295', '4294967296', '9007199254740991', '٠', 'é', 'e\u0301', '\u{1f600}', '\ufb01', '\uffff', '\\ud83d',
  '\\ufb01', '\\u0061', '\\u0031', '\\u005f_proto__']
const NUMBERS = ['0', '-0', '0.0', '-0.0', '1', '-1', '1.0', '1.50', '10', '1e0', '1E5', '1e+5', '1e-5', '1e-6', '1e-7',
  '0.000001', '0.0000001', '0.00001234', '123e-8', '1e20', '1e21', '1.5e20', '1.5e21', '123456789012345678901234567890',
  '12345678901234567890', '9007199254740991', '9007199254740993', '123456789012345', '1234567890123456',
  '12345678901234567', '99999999999999999999', '999999999999999999999', '0.1', '0.30000000000000004', '1.7976931348623157e308',
  '1.7976931348623159e308', '1e309', '-1e400', '5e-324', '2e-324', '4.9406564584124654e-324', '2.2250738585072014e-308',
  '1.10', '100.00', '-12.340', '1e-400', '4.35', '0.1e1', '123.456e3']
const SPACE = ['', '', '', '', '', '', ' ', '\n', '\r\n', '\t', '  ']

const space = () => pick(SPACE)
const string = () => `"${many(6, () => pick(PIECES)).join('')}"`
const double = () => {
  const bytes = new DataView(new ArrayBuffer(8))
  bytes.setUint32(0, below(2 ** 32))
  bytes.setUint32(4, below(2 ** 32))
  const number = bytes.getFloat64(0)
  return Number.isFinite(number) ? pick([String, (n) => n.toExponential(), (n) => n.toPrecision(below(20) + 1)])(number) : '0'
}
const integer = () => `${pick(['', '-'])}${1 + below(9)}${many(25, () => below(10)).join('')}`
const decimal = () => `${integer()}.${below(10)}${many(20, () => below(10)).join('')}${pick(['', '', `e${pick(['', '+', '-'])}${below(30)}`])}`
const number = () => pick([() => pick(NUMBERS), () => pick(NUMBERS), double, integer, decimal])()
const key = () => pick([() => `"${pick(KEYS)}"`, () => `"${pick(KEYS)}"`, () => `"${below(120)}"`, string])()
const member = (depth) => () => `${space()}${key()}${space()}:${space()}${value(depth)}${space()}`
const value = (depth) => {
  const leaf = [string, string, number, number, number, () => pick(['true', 'false', 'null'])]
  const nested = [() => `{${many(6, member(depth - 1)).join(',') || space()}}`,
    () => `[${many(4, () => `${space()}${value(depth - 1)}${space()}`).join(',') || space()}]`]
  return pick(depth > 0 ? [...leaf, ...nested, ...nested, ...nested] : leaf)()
}

const line = (body) => {
  const texts = [canonical(body, false), canonical(body, true)]
  console.log(JSON.stringify([body, ...texts, ...texts.map(sign)]))
}
for (const number of NUMBERS) line(`[${number},{"b":${number},"a":-${number.replace('-', '')}}]`)
for (const piece of PIECES) line(`{"payload":{"b":"${piece}","${piece}":[{"b":1,"${piece}":2}]}}`)
for (const one of KEYS) for (const other of ['__proto__', '1', 'a', '\\uffff', '\u{1f600}', one]) {
  line(`{"b":0,"${one}":{"z":1,"a":[]},"${other}":[{"b":0,"${one}":1,"${other}":{}}],"a":null}`)
}
for (let count = 0; count < 2400; count++) line(`${space()}{"payload":${space()}${value(4)}${pick(['', `,${member(2)()}`])}}${space()}`)

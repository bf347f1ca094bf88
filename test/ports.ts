/**
 * The first port for a test file. Two files run at a time, each in a place of its own (1 or 2): whatever either opens, its RTP
 * included (src/config.ts), is none of the other's. All that listens is below 32768: from there on the kernel takes ports for
 * connections of anybody's. Nor does a file get the ports of the one before it, whose programs may not have ended yet.
 */
export const firstPort = (place: number, file: number): number => 4_000 + place * 10_000 + (file % 4) * 200

/** This file's, of which it has two hundred. Vitest counts places from 1, and files in the order in which they run. */
export const BASE = firstPort(Number(process.env.VITEST_POOL_ID), Number(process.env.VITEST_WORKER_ID))

/** A second hotline's in the same file, or for wires between a service and its surroundings. */
export const BASE_BESIDE = BASE + 100

/** Where the trunk's other end is, for tests that dial out. */
export const TRUNK_PORT = BASE + 70

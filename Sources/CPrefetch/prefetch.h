#ifndef OCM_PREFETCH_H
#define OCM_PREFETCH_H

/* Has the processor fetch the cache line of an address that will be read soon, and goes on meanwhile. The address may be
 * anything: there are no faults. Swift has no word for it. */
static inline __attribute__((always_inline)) void ocm_prefetch(const void *_Nullable address) {
    __builtin_prefetch(address);
}

#endif

#ifndef OCM_MALLOC_H
#define OCM_MALLOC_H

/* What glibc's malloc(3) offers besides, and Swift's Glibc doesn't show. Elsewhere these do nothing. */
#include <stdlib.h>
#ifdef __GLIBC__
#include_next <malloc.h>
#endif

/* Has blocks of at least so many bytes mapped by the page, and unmapped when they are freed, whatever was freed before.
 * This is for the whole process, its buffers included. */
static inline void ocm_map_blocks_from(int bytes) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, bytes);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
#else
    (void)bytes;
#endif
}

/* Gives whole pages in which nothing lies back to the system. */
static inline void ocm_trim_heap(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif

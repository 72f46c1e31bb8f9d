// Guards of our own invariants; they stay on in release builds. Input is never checked with them.
#pragma once

#include <cstdio>
#include <cstdlib>

#define MILLRACE_CHECK(condition)                                                                  \
    do {                                                                                           \
        if (!(condition)) [[unlikely]] {                                                           \
            std::fprintf(stderr, "%s:%d: broken invariant: %s\n", __FILE__, __LINE__, #condition); \
            std::abort();                                                                          \
        }                                                                                          \
    } while (false)

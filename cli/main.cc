#include <cstdio>

int main() {
    std::puts("millrace " MILLRACE_VERSION);
    return 0;
}

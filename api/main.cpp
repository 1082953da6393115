#include <cstdio>

int main() {
  std::puts("motcua 0.1.0");
  return 0;
}

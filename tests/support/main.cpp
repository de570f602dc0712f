// Catch2's own main. Version 2 wants its implementation compiled here, which the precompiled header
// must not have cut off: this file is kept out of it.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

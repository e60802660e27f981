#include "tests/program.h"

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

namespace {

std::map<std::string, tests::TestMain, std::less<>> &all()
{
    static std::map<std::string, tests::TestMain, std::less<>> tests;
    return tests;
}

} // namespace

bool tests::addTest(const char *sourceFile, TestMain main)
{
    std::string_view name = sourceFile;
    name.remove_prefix(name.rfind('/') + 1);
    name.remove_suffix(name.size() - std::min(name.find('.'), name.size()));
    return all().emplace(name, main).second;
}

int main(int argc, char **argv)
{
    const auto found = argc > 1 ? all().find(std::string_view(argv[1])) : all().end();
    if (found == all().end()) {
        std::fprintf(stderr, "usage: %s <test> [QTest options]\n", argv[0]);
        for (const auto &[name, main] : all())
            std::fprintf(stderr, "  %s\n", name.c_str());
        return 2;
    }
    argv[1] = argv[0];
    return found->second(argc - 1, argv + 1);
}

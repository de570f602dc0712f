// Sends a file descriptor of the process (1, 2) to a file while a test runs, and reads it back.
#pragma once

#include <cstdio>
#include <string>
#include <unistd.h>

namespace helloscope::test {

class redirect {
  public:
    explicit redirect(int descriptor)
        : descriptor_(descriptor), saved_(::dup(descriptor)), file_(std::tmpfile()) {
        ::dup2(::fileno(file_), descriptor_);
    }
    redirect(const redirect&) = delete;
    redirect& operator=(const redirect&) = delete;
    ~redirect() {
        ::dup2(saved_, descriptor_);
        ::close(saved_);
        std::fclose(file_);
    }
    std::string text() const {
        std::string all;
        char piece[4096];
        off_t offset = 0;
        for (;;) {
            const ssize_t got = ::pread(::fileno(file_), piece, sizeof piece, offset);
            if (got <= 0) return all;
            all.append(piece, static_cast<std::size_t>(got));
            offset += got;
        }
    }

  private:
    int descriptor_;
    int saved_;
    std::FILE* file_;
};

} // namespace helloscope::test

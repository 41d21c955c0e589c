<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Support;

use RuntimeException;

/** Headless Chromium, looking at one page. */
final class Browser
{
    private readonly string $home;
    private readonly string $chromium;

    /** @var resource */
    private $process;

    /** @param string $screenshot where the picture goes once the page has loaded */
    public function __construct(string $url, string $screenshot)
    {
        $prefix = (string) getenv('AMI_CHROMIUM');
        $this->chromium = "$prefix/usr/lib/chromium/chromium";
        $this->home = sys_get_temp_dir() . '/ami-chromium-' . bin2hex(random_bytes(4));
        mkdir($this->home);
        file_put_contents(
            "{$this->home}/fonts.conf",
            "<?xml version=\"1.0\"?><fontconfig><dir>$prefix/usr/share/fonts</dir><cachedir>{$this->home}/fonts</cachedir></fontconfig>",
        );
        $command = [
            $this->chromium,
            '--headless',
            '--no-sandbox',
            '--disable-gpu',
            '--disable-dev-shm-usage',
            "--user-data-dir={$this->home}",
            '--timeout=100000',
            '--window-size=1280,720',
            '--dump-dom',
            "--screenshot=$screenshot",
            $url,
        ];
        $process = proc_open(
            $command,
            [1 => ['file', "{$this->home}/dom", 'w'], 2 => ['file', "{$this->home}/errors", 'w']],
            $pipes,
            null,
            [
                ...getenv(),
                'HOME' => $this->home,
                'FONTCONFIG_FILE' => "{$this->home}/fonts.conf",
                'LD_LIBRARY_PATH' => implode(':', glob("$prefix/usr/lib/*/pulseaudio") ?: []),
            ],
        );
        if ($process === false) {
            throw new RuntimeException('Chromium does not start');
        }
        $this->process = $process;
        register_shutdown_function($this->stop(...));
    }

    /** The page as it stood when it had loaded. */
    public function dom(): string
    {
        Wait::until(fn(): bool => !proc_get_status($this->process)['running'], 'Chromium ends');
        $dom = (string) file_get_contents("{$this->home}/dom");
        if ($dom === '') {
            throw new RuntimeException('Chromium showed nothing: ' . file_get_contents("{$this->home}/errors"));
        }
        $this->stop();

        return $dom;
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            proc_terminate($this->process, SIGKILL);
            proc_close($this->process);
            new \Illuminate\Filesystem\Filesystem()->deleteDirectory($this->home);
        }
    }
}

from infra.bench import summary


def test_the_summary_gives_the_rate_the_median_and_the_99th_percentile() -> None:
    # 200 requests in five seconds, of 1, 2, ..., 200 ms.
    assert summary([float(ms) for ms in range(200, 0, -1)]) == ("40", "101.00", "199.00")
